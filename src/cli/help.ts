// The parts of --help that teach: examples, variables, exit codes.

const exitCodes = (two: string): string => `
Exit codes:
  0    done, or nothing to do
  1    error
  2    ${two}
  3    refused by a guard; nothing was done
  4    partly applied
  130  stopped by ^C`;

const EXIT_CODES = exitCodes("there are changes (plan --detailed-exitcode), or drift");

const VARIABLES = `
Environment variables:
  AUTUMN_SECRET_KEY  the secret key, am_sk_test_… or am_sk_live_…
                     (there is no option for it: other users could read it)
  AUTUMN_BASE_URL    where Autumn is, if not at https://api.useautumn.com
  NO_COLOR, CI       no colours; no questions and no live progress line`;

const SHARDS = `
With --shard 1/4 to --shard 4/4, four runs in parallel do the work of one. A hash of
its id decides which shard a customer is in. Each run has a fourth of the pace and
of the amounts in \`limits:\`; --rate and --limit-… apply to each run. Percentages are
of the rows of the shard.
`;

export const MAIN_HELP = `${VARIABLES}
${exitCodes("there are changes (plan --detailed-exitcode) or drift; for doctor, a fact does not hold")}

Examples:
  $ autumn-balances init                  write a balances.yaml to start from
  $ autumn-balances validate              check it, without key or network
  $ autumn-balances plan                  see what would change
  $ autumn-balances apply                 see it, say yes, and make the changes
  $ autumn-balances drift                 see what others changed, for example every night
  $ autumn-balances import                declare what customers have already been granted
  $ autumn-balances explain acme          see what a customer has, and why
  $ autumn-balances history acme          see what became of a customer's balances
  $ autumn-balances forecast              see what resets and ends, and how much that grants
  $ autumn-balances doctor                check what this tool relies on, in a sandbox
  $ autumn-balances emulator              a local Autumn to try all of this on

Run autumn-balances <command> --help for its options.`;

export const VALIDATE_HELP = `
Examples:
  $ autumn-balances validate                     balances.yaml here, or else the folder balances
  $ autumn-balances validate teams/ extra.yaml   files, folders and globs together
  $ autumn-balances validate --expanded          what templates expand to, as YAML
  $ autumn-balances validate --format json       for scripts (see: autumn-balances schema plan)
  $ autumn-balances validate --format github     annotations on the lines of a pull request
  $ autumn-balances validate --format gitlab > gl-code-quality-report.json
  $ autumn-balances validate --format sarif > balances.sarif`;

export const EXPORT_HELP = `
A cell that a spreadsheet would take for a formula gets a leading apostrophe, which
import --csv removes again.

Examples:
  $ autumn-balances export --csv --all-customers > balances.csv
  $ autumn-balances export --csv --customer acme --map mapping.yaml > acme.csv`;

export const PLAN_HELP = `
Signs:
  + create   ~ update   -/+ replace (usage is carried over)   - delete   ! blocked

It exits with 3 if a guard would refuse apply with the same options.

With --base, the plan separates changes that were already due from those that the files
make, and shows rows that have lost their entry. The base is a branch, tag or commit, in
which git finds the same paths; or an earlier copy of the file or folder, by a path such
as ./before.yaml.

--changed-since does the same for large configurations: customers whose entries have not
changed are skipped, and the plan says how many. Their drift is not seen.
${SHARDS}${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances plan --prune                     also what pruning would delete
  $ autumn-balances plan --base origin/main          what this branch changes, apart from drift
  $ autumn-balances plan --changed-since origin/main only customers whose entries have changed
  $ autumn-balances plan --out plan.saved            for review; then: autumn-balances apply plan.saved
  $ autumn-balances plan --detailed-exitcode         exit with 2 when there is something to apply
  $ autumn-balances plan --format markdown > plan.md for a comment; says what it had to leave out
  $ autumn-balances plan --format html > plan.html   one page with search and filters, for large plans
  $ autumn-balances plan --format json > plan.json   every detail (see: autumn-balances schema plan)`;

export const APPLY_HELP = `
It can always be run again: it continues where it stopped, grants nothing twice and
keeps what was used. ^C finishes the customers in progress, a second ^C stops at once.
${SHARDS}
With --format json, stdout is one document: the plan, and what became of it.

A saved plan (plan --out) is applied without asking, exactly as it was reviewed, or not
at all. apply exits with 3 if a balance in the plan has changed since, apart from usage;
if the plan was altered or applied before, or is older than 23 hours; and if it was made
for another key, server or version. It needs the key that the plan was made with.
${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances apply --yes                     in a pipeline, where there is nobody to ask
  $ autumn-balances apply plan.saved                what was reviewed, and nothing else
  $ autumn-balances apply plan.saved --approved-by finance
                                                    if the policy asks for it
  $ autumn-balances apply --sandbox                 never to the live environment
  $ autumn-balances apply --prune --limit-deletes 50`;

export const DRIFT_HELP = `
For scheduled jobs: it exits with 2 if something has drifted, and says what on stdout;
otherwise it exits with 0, and stdout stays empty (as text). What counts:
  missing     an entry without a balance
  changed     a balance that is not as declared, or will not be after its next reset
  undeclared  a row of the namespace without an entry, with --prune; one whose customer
              left a group, if it ends then
What does not count: a used-up balance that can be changed only at its reset (it waits),
and balances that expire as declared. They are listed with the drift, or on stderr if
there is none (--log-level warn silences that).
${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances drift --who                         and who could have caused it, from Autumn's log
  $ autumn-balances drift || notify "look at the log"   in a nightly job
  $ autumn-balances drift --prune                       rows without an entry count as well
  $ autumn-balances drift --format json                 every detail (see: autumn-balances schema plan)`;
export const IMPORT_HELP = `
Without --out, a whole balances file with what is not yet declared goes to stdout, and
messages about it to stderr. With --out, the file is created, or the entries are added at
the end of its list; everything else in it stays as it is, including comments. An import
never grants anything: right after it, a plan has nothing to do for what it declares.

A balance of the namespace becomes the entry that made it. Any other is taken over with
\`adopt\`, but one that looks like another namespace's (name:…) only if you ask for it.

Left out and counted: balances of plans, since the plans grant them; and, with the reason,
balances that no entry could declare without changing them, such as one that is used up
for good, or whose grant was changed only until its next reset.

It makes one call for each customer with a balance, 20 a second.
${VARIABLES}

Exit codes:
  0    done, or nothing to import
  1    error; the file is unchanged
  3    a key of another environment; no call was made
  130  stopped by ^C; the file is unchanged

Examples:
  $ autumn-balances import --customer acme --namespace contracts    see what there is
  $ autumn-balances import --all-customers --namespace contracts --out balances.yaml
  $ autumn-balances import --all-customers --out balances.yaml      later: what is new
  $ autumn-balances import --all-customers --adopt-namespace old --out balances.yaml
  $ autumn-balances import balances/ --customer acme --out balances/acme.yaml`;

export const HISTORY_HELP = `
A balance that is replaced is not deleted: it ends, and Autumn keeps it with all its usage.
history shows what has ended, together with what commits did to the entries, by customer,
oldest first:
  ended     nothing is counted on it any more; its id is never free again
  used up   it had nothing left when it was replaced. Such a balance cannot be ended: if
            it resets, it comes back on that date, and the next apply ends it
  appeared  a commit added the entry; changed and removed likewise
contracts:bonus~2 is the first successor of contracts:bonus, and ~3 that of ~2.

If both are known, it says what no commit explains: a balance with a grant that no commit
declared, or one that ended although no commit changed its entry.

Git is read if the files are in a checkout: the commits that led to what is checked out,
a merge as one. Nothing is fetched, and nothing in the repository is run. A shallow clone
shows only what it contains. Autumn gets one call per customer or one per 200 balances,
whichever is fewer; on servers without balances.list, one per customer.

--format csv writes one event per line, in the form of RFC 4180. Text that begins with
= + - @ ' gets a leading apostrophe, so that no spreadsheet takes it for a formula.
${VARIABLES}

Exit codes:
  0    done
  1    error
  3    a key of another environment; no call was made
  130  stopped by ^C

Examples:
  $ autumn-balances history                          customers with an entry, the last 90 days
  $ autumn-balances history acme globex              these two
  $ autumn-balances history acme --since 2026-01-01  further back
  $ autumn-balances history --file teams/ --all-customers
  $ autumn-balances history --namespace terraform --all-customers    without any file
  $ autumn-balances history --format csv > history.csv
  $ autumn-balances history --format json            every detail (see: autumn-balances schema history)`;

export const EXPLAIN_HELP = `
Shows every balance of the customer: those that entries declare, with file, line and
commit; those of another namespace or a plan, bought ones, and those that somebody else
granted; then past ones. For each, it shows what was granted, used and is left, when it
resets, what the reset changes, and what apply would do. The numbers are the order of use.
It makes about 10 calls, and changes nothing.
${VARIABLES}

Exit codes:
  0    done
  1    error, such as a customer that does not exist
  3    a key of another environment; no call was made
  130  stopped by ^C

Examples:
  $ autumn-balances explain acme                     everything that the customer has
  $ autumn-balances explain acme api_calls           only one feature
  $ autumn-balances explain acme --format markdown   for a ticket
  $ autumn-balances explain acme --format json       every detail (see: autumn-balances schema explain)
  $ autumn-balances explain acme --file teams/       with these files
  $ autumn-balances explain acme --namespace contracts    without any file`;

export const FORECAST_HELP = `
It is calendar arithmetic on the files, in UTC: it makes no calls, and knows neither what
is used nor what others granted. A cycle begins at \`next_reset_at\` if the entry has it,
otherwise at the start of the forecast (--from). What exists at the start counts in the
first month.

With --format ics, every start, reset and end is a calendar event; --format html is a
page with a chart, and needs no network.

Exit codes:
  0    done
  1    error

Examples:
  $ autumn-balances forecast                              the next 90 days
  $ autumn-balances forecast --until 2027-06-30 teams/    with these files
  $ autumn-balances forecast --at 2027-01-01              what there will be then
  $ autumn-balances forecast --format csv > forecast.csv
  $ autumn-balances forecast --format ics > balances.ics
  $ autumn-balances forecast --until 52w --format html > forecast.html
  $ autumn-balances forecast --format json                (see: autumn-balances schema forecast)`;

export const DOCTOR_HELP = `
Autumn changes, and a server of your own may be of any age. The promises of this tool rest
on some fifty facts about the server: an idempotency key is given away once, nothing is
counted on a balance that has ended, and so on. doctor tries each of them and says which
hold; if one does not, it says what was seen, which promise is weaker, and what to do. A
fact that could not be tried is not said to hold.

It takes a sandbox key, and refuses any other. It makes customers and features whose ids
begin with autumn-balances-doctor-, each run with a name of its own, and removes them at
the end, even after ^C and errors. It reports what the server does not let it remove.
It makes about 400 calls, at the same pace as apply, in about half a minute.

With --offline it makes no calls, and checks this machine: files, key (its kind, never
its value), variables, base URL, proxy, certificates, permissions, versions.
${VARIABLES}

Exit codes:
  0    every fact that was tried holds; no problem
  1    error, or a fact could not be tried because a call failed
  2    a fact does not hold; with --offline: there is a problem
  3    not a sandbox key; no call was made
  130  stopped by ^C; what was made is removed

Examples:
  $ autumn-balances doctor                          before the first apply, and after updates
  $ autumn-balances doctor --full                   with what was seen for every fact
  $ autumn-balances doctor --format json            for a nightly job (see: autumn-balances schema plan)
  $ autumn-balances doctor --offline                when something does not work
  $ autumn-balances doctor --offline teams/         with these files`;

export const COMPLETION_HELP = `
The script asks autumn-balances itself what could come next. Customers, features and
namespaces come from the balances files in the folder, or from those named by --file.

Examples:
  $ source <(autumn-balances completion bash)               in ~/.bashrc
  $ autumn-balances completion zsh > ~/.zfunc/_autumn-balances
  $ autumn-balances completion fish > ~/.config/fish/completions/autumn-balances.fish`;

export const POLICY_HELP = `
A policy at the root of the repository judges every plan: its rules deny (apply exits with
3), warn, or ask for an approval (apply --approved-by). With plan --base, the policy of the
base applies, so that no change judges itself. docs/policies.md explains policies, and
autumn-balances schema policy prints the schema of the file.

Exit codes:
  0    every case is as expected
  1    one is not, or the policy is broken

Examples:
  $ autumn-balances policy test                     the policy of this repository
  $ autumn-balances policy test draft.policy.yaml   another policy`;

export const MCP_HELP = `
An agent starts it, and uses its tools: validate, plan, explain, forecast, and propose_edit,
which returns a diff of a balances file. Nothing is written and nothing applied: a proposal
goes through git like everything else. No answer contains a key. It ends when stdin does.

In the settings of an agent:
  { "mcpServers": { "autumn-balances": {
      "command": "npx", "args": ["autumn-balances", "mcp", "balances/"],
      "env": { "AUTUMN_SECRET_KEY": "am_sk_test_…" } } } }

Examples:
  $ autumn-balances mcp                       the usual files
  $ autumn-balances mcp balances/ --sandbox   these files, and refuse a live key`;

export const SHOW_HELP = `
With the AUTUMN_SECRET_KEY that made the plan, it also says whether the plan was altered.

Examples:
  $ autumn-balances show plan.saved
  $ autumn-balances show plan.saved --format markdown > plan.md
  $ autumn-balances show plan.saved --format html > plan.html`;

export const SCHEMA_HELP = `
Examples:
  $ autumn-balances schema > balances.schema.json        of balances files, for editors
  $ autumn-balances schema plan                          of what --format json prints
  $ autumn-balances schema history                       of what history --format json prints
  $ autumn-balances schema explain                       of what explain --format json prints
  $ autumn-balances schema forecast                      of what forecast --format json prints
  $ autumn-balances schema policy                        of a policy, for editors`;

export const INIT_HELP = `
Example:
  $ autumn-balances init --namespace contracts`;

export const EMULATOR_HELP = `
A seed is YAML:
  features:
    - { id: api_calls, type: metered, consumable: true }
  customers:
    - { id: acme, balances: [{ feature_id: api_calls, included_grant: 500, balance_id: bonus }] }

Examples:
  $ autumn-balances emulator --seed seed.yaml
  $ autumn-balances emulator --state autumn.json --limits production --level 2026-08`;

export const PROVIDER_HELP = `
Examples:
  $ autumn-balances provider install      for terraform init on this machine
  $ autumn-balances provider package      for a registry, or a mirror of archives`;

export const PROVIDER_INSTALL_HELP = `
The provider runs on Linux and macOS, with the node on PATH (20 or later). Installing it
again is harmless.

Examples:
  $ autumn-balances provider install                            for the current user
  $ autumn-balances provider install --dir terraform.d/plugins  for terraform in this folder
  $ autumn-balances provider install --dir mirror --print-config > terraform.rc`;

export const PROVIDER_PACKAGE_HELP = `
The same provider always gives the same bytes.

Examples:
  $ autumn-balances provider package --out release
  $ autumn-balances provider package --out mirror/registry.terraform.io/autumn-balances/autumn`;
