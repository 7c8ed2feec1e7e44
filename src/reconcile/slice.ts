// The slices of time in which a customer is leased to one run.
/** How long a lease is good for, in ms. Who is killed keeps others out for so long. */
export const SLICE_MS = 12_000;
/** Before the end of its slice, in ms, a run writes nothing more in it: a call may take that long to arrive. */
export const MARGIN_MS = 4_000;
