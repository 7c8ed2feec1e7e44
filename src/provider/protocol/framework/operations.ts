// Runs what a provider wrote: in parallel, with a context, and so that whatever is thrown becomes diagnostics.
import type { Diagnostic as WireDiagnostic } from "../wire/tfplugin6.generated.ts";
import { DiagnosticError } from "./diagnostics.ts";
import { diagnosticOnWire, diagnosticsOf } from "./diagnostics-wire.ts";
import type { ClientContext, Context } from "./provider.ts";

type WithDiagnostics<R> = R & { diagnostics: WireDiagnostic[] };

/** The operations of one process, and what they share. */
export class Operations<Client> {
  #stop = new AbortController();
  #running = 0;
  #idle: (() => void)[] = [];
  #client: { readonly value: Client } | undefined;

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Tells the operations that run, and those to come, that the user has interrupted Terraform. */
  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when no operation runs. */
  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  configured(client: Client): void {
    // A process that is debugged serves one Terraform after the other: what interrupted one is over with the next.
    if (this.#client !== undefined && this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#client = { value: client };
  }

  /** The context with what `configure` made. Throws when there is none. */
  withClient(context: Context): ClientContext<Client> {
    if (this.#client === undefined)
      throw new DiagnosticError("The provider has not been configured", {
        detail: "Its configuration failed, or was never sent.",
      });
    return { signal: context.signal, report: context.report, client: this.#client.value };
  }

  /**
   * Runs an operation. When it throws, the answer is `failed`, with what was thrown as diagnostics.
   * @param operation for messages, such as `Reading autumn_balance`
   */
  async answer<R extends object>(
    operation: string,
    run: (context: Context) => R | Promise<R>,
    failed: () => R,
  ): Promise<WithDiagnostics<R>> {
    const diagnostics: WireDiagnostic[] = [];
    const context: Context = {
      signal: this.#stop.signal,
      report: (diagnostic) => void diagnostics.push(diagnosticOnWire(diagnostic)),
    };
    return this.track(async () => {
      let answer: R;
      try {
        answer = await run(context);
      } catch (thrown) {
        diagnostics.push(...diagnosticsOf(thrown, operation).map(diagnosticOnWire));
        answer = failed();
      }
      return { ...answer, diagnostics };
    });
  }

  /** Counts as running until it ends. */
  async track<R>(run: () => Promise<R>): Promise<R> {
    this.#running++;
    try {
      return await run();
    } finally {
      if (--this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }
}
