// The names of the web's interfaces that the published types use. Whoever has the DOM or the types of Node has them in
// full, and these add nothing to them; whoever has neither can compile as well.
export {};

declare global {
  interface AbortSignal {}
  interface Headers {}
  interface Request {}
  interface RequestInit {}
  interface Response {}
  interface URL {}
  interface URLSearchParams {}
}
