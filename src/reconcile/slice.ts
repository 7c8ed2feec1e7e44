// The slices of time in which a customer is leased to one run.
/** How long a lease lasts, in ms. A run that was killed keeps others out for at most this long. */
export const SLICE_MS = 12_000;
/** A run stops writing this long before its slice ends, in ms: a call may take that long to arrive. */
export const MARGIN_MS = 4_000;
