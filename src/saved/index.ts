// Saved plans: a plan as a file that nobody without the secret key can make or alter. Pure; what is read and written
// where is the caller's business.

export { movedRefusals } from "./moved.ts";
export { ForeignPlanError, kindOfDocument, readSavedPlan, showSavedPlan, type Trust } from "./read.ts";
export { claimKeyOf, lifetimeOf, type SavedPlan } from "./saved-plan.ts";
export { MAX_LENGTH, savedPlanText } from "./write.ts";
