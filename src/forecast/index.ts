// The public part of this room: what customers will have by the files, from the calendar alone. Pure.
export {
  type Forecast,
  type ForecastEvent,
  type ForecastEventKind,
  forecast,
  type Holding,
} from "./forecast.ts";
