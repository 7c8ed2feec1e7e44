// What one run of Terraform has come across so far. Terraform asks for one resource at a time, in any order, and says
// nothing of the others; when two of them are about one balance, only the provider can tell. Whichever comes second is
// told what it clashes with. Nothing here is asynchronous, so that no order of the requests slips through.

/**
 * - `twice`: two resources are to be the balance.
 * - `moved`: it is to be destroyed at one address and created at another.
 * - `shared`: it is to be destroyed at one address and to stay at another.
 * - `destroyed`: it was destroyed at another address, which the plan could not foresee.
 */
export type Clash = "twice" | "moved" | "shared" | "destroyed";

/** Made anew whenever Terraform configures the provider, that is, for each plan and each apply. */
export class Run {
  private readonly stored = new Set<string>();
  private readonly staying = new Set<string>();
  private readonly toDestroy = new Set<string>();
  private readonly toCreate = new Set<string>();
  /** Of those to be created, the ones that replace nothing at their own address. */
  private readonly isFresh = new Set<string>();
  private readonly made = new Set<string>();
  private readonly destroyed = new Set<string>();

  /** The state has a resource of this balance. */
  seeStored(balance: string): void {
    this.stored.add(balance);
  }

  isStored(balance: string): boolean {
    return this.stored.has(balance);
  }

  /** A resource of the state is and stays this balance, unless Terraform was asked to replace it. */
  planStay(balance: string): Clash | undefined {
    this.stored.add(balance);
    this.staying.add(balance);
    if (this.isFresh.has(balance)) return "twice";
    return this.toDestroy.has(balance) ? "shared" : undefined;
  }

  /** A resource of the state is to be destroyed, or to become another balance. */
  planRemoval(balance: string): Clash | undefined {
    this.stored.add(balance);
    // With `create_before_destroy`, Terraform plans the destruction once more during the apply.
    if (this.made.has(balance)) return undefined;
    this.toDestroy.add(balance);
    if (this.toCreate.has(balance)) return "moved";
    return this.staying.has(balance) ? "shared" : undefined;
  }

  /** @param replaces whether the resource that is to be created replaces one at its own address */
  planCreation(balance: string, replaces: boolean): Clash | undefined {
    if (this.toCreate.has(balance) || (!replaces && this.staying.has(balance))) return "twice";
    if (this.destroyed.has(balance)) return "destroyed";
    this.toCreate.add(balance);
    if (!replaces) this.isFresh.add(balance);
    return this.toDestroy.has(balance) ? "moved" : undefined;
  }

  /** Whether a resource is to be created, or was, that takes the balance over instead of granting it again. */
  isToCreate(balance: string): boolean {
    return this.toCreate.has(balance) || this.made.has(balance);
  }

  /** A resource begins to be created. */
  beginCreation(balance: string): Clash | undefined {
    if (this.made.has(balance)) return "twice";
    this.made.add(balance);
    return undefined;
  }

  /** A resource that nothing replaces at its own address begins to be destroyed. */
  beginRemoval(balance: string): void {
    this.destroyed.add(balance);
  }
}
