// What one run of Terraform has come across so far. Terraform asks for one resource at a time and says nothing of
// the others; when two of them are about one balance, only the provider can tell.

/** Made anew whenever Terraform configures the provider, that is, for each plan and each apply. */
export class Run {
  private readonly stored = new Set<string>();
  private readonly toCreate = new Set<string>();
  private readonly made = new Set<string>();
  private readonly takenOver = new Set<string>();

  /** The state has a resource of this `id`. */
  seeStored(id: string): void {
    this.stored.add(id);
  }

  isStored(id: string): boolean {
    return this.stored.has(id);
  }

  /** A resource of this `id` is to be created. `false` when another one is as well. */
  planCreation(id: string): boolean {
    return isNew(this.toCreate, id);
  }

  /** A resource of this `id` begins to be created. `false` when another one was, or is being created. */
  beginCreation(id: string): boolean {
    return isNew(this.made, id);
  }

  /** The row was there, and is now managed by a resource that Terraform takes for new. */
  takeOver(customerId: string, remoteId: string): void {
    this.takenOver.add(JSON.stringify([customerId, remoteId]));
  }

  wasTakenOver(customerId: string, remoteId: string): boolean {
    return this.takenOver.has(JSON.stringify([customerId, remoteId]));
  }
}

function isNew(set: Set<string>, id: string): boolean {
  if (set.has(id)) return false;
  set.add(id);
  return true;
}
