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
                     (there is no option for it: others can read those)
  AUTUMN_BASE_URL    where Autumn is, if not at https://api.useautumn.com
  NO_COLOR, CI       no colours; no questions and no line that changes`;

const SHARDS = `
With --shard 1/4 to --shard 4/4, four runs at a time do the work of one. A hash of
the customer's id decides who is in which. Each has a fourth of the pace, and of the
amounts in \`limits:\`; what --rate and --limit-… say is for each. Percentages are of
the rows of the shard.
`;

export const MAIN_HELP = `${VARIABLES}
${exitCodes("there are changes (plan --detailed-exitcode) or drift; for doctor, a fact does not hold")}

Examples:
  $ autumn-balances init                  write a balances.yaml to start from
  $ autumn-balances validate              check it, without key or network
  $ autumn-balances plan                  see what would change
  $ autumn-balances apply                 see it, say yes, and have it changed
  $ autumn-balances drift                 see, night by night, what others changed
  $ autumn-balances import                declare what customers have been granted already
  $ autumn-balances explain acme          see what a customer has, and why
  $ autumn-balances history acme          see what became of a customer's balances
  $ autumn-balances forecast              see what resets and ends, and how much that grants
  $ autumn-balances doctor                see what holds for your server, in its sandbox
  $ autumn-balances emulator              a local Autumn to try all of this on

Run autumn-balances <command> --help for its options.`;

export const VALIDATE_HELP = `
Examples:
  $ autumn-balances validate                     balances.yaml here, or else the folder balances
  $ autumn-balances validate teams/ extra.yaml   files, folders and globs add up
  $ autumn-balances validate --expanded          what templates come out as, as YAML
  $ autumn-balances validate --format json       for scripts (see: autumn-balances schema plan)
  $ autumn-balances validate --format github     annotations at the lines of a pull request
  $ autumn-balances validate --format gitlab > gl-code-quality-report.json
  $ autumn-balances validate --format sarif > balances.sarif`;

export const EXPORT_HELP = `
A cell that a spreadsheet would take for a formula has an apostrophe before it, which
import --csv takes away again.

Examples:
  $ autumn-balances export --csv --all-customers > balances.csv
  $ autumn-balances export --csv --customer acme --map mapping.yaml > acme.csv`;

export const PLAN_HELP = `
Signs:
  + create   ~ update   -/+ replace (usage is carried over)   - delete   ! blocked

It exits with 3 where apply, with the same options, would be refused by a guard.

With --base, changes that were due before are told from those that the files make, and
rows that have lost their entry are shown. The base is a branch, tag or commit, where
git finds the same paths; or a file or folder as it was, by a path such as ./before.yaml.

--changed-since does the same for large configurations: customers whose entries are as
they were are not looked at, and the plan says how many. Drift of theirs is not seen.
${SHARDS}${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances plan --prune                     with what pruning would delete
  $ autumn-balances plan --base origin/main          what this branch changes, apart from drift
  $ autumn-balances plan --changed-since origin/main only the customers that this branch is about
  $ autumn-balances plan --out plan.saved            for review; then: autumn-balances apply plan.saved
  $ autumn-balances plan --detailed-exitcode         2 when there is something to apply
  $ autumn-balances plan --format markdown > plan.md for a comment; says what it had to leave out
  $ autumn-balances plan --format html > plan.html   one page with search and filters, for large plans
  $ autumn-balances plan --format json > plan.json   every detail (see: autumn-balances schema plan)`;

export const APPLY_HELP = `
It can always be run again: it goes on where it ended, grants nothing twice and
keeps what was used. ^C finishes the customers at hand, a second ^C stops at once.
${SHARDS}
With --format json, stdout is one document: the plan, and what became of it.

A saved plan (plan --out) is applied without asking, exactly as it was reviewed, or not
at all: it exits with 3 when a balance that it changes is another than it was, apart from
usage; when the plan was altered or applied before, or is older than 23 hours; and when
it was made for another key, server or version. It takes the key it was made with.
${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances apply --yes                     in a pipeline, which has nobody to ask
  $ autumn-balances apply plan.saved                what was reviewed, and nothing else
  $ autumn-balances apply plan.saved --approved-by finance
                                                    where the policy asks for it
  $ autumn-balances apply --sandbox                 certainly not to the live environment
  $ autumn-balances apply --prune --limit-deletes 50`;

export const DRIFT_HELP = `
For schedules: it exits with 2 when something has drifted, and says what on stdout;
otherwise with 0, and stdout stays empty (as text). What counts:
  missing     an entry that nothing stands for
  changed     a balance that is not as declared, or will not be after its next reset
  undeclared  a row of the namespace without an entry; with --prune only
What does not: a used-up balance that can be changed only at its reset (it waits), and
balances that expire as declared. They are told beside drift, and on stderr without it
(--log-level warn silences that).
${VARIABLES}
${EXIT_CODES}

Examples:
  $ autumn-balances drift --who                         with who could have done it, from Autumn's log
  $ autumn-balances drift || notify "look at the log"   in a nightly job
  $ autumn-balances drift --prune                       rows without an entry count as well
  $ autumn-balances drift --format json                 every detail (see: autumn-balances schema plan)`;
export const IMPORT_HELP = `
Without --out, a whole balances file with what is not declared yet goes to stdout, and
what is said about it to stderr. With --out, the file is made, or the entries are added
at the end of its list; all else in it stays as it is, comments too. Nothing is ever
granted by an import: right after it, a plan has nothing to do for what it declares.

A balance of the namespace becomes the entry that made it. Any other is taken over with
\`adopt\`, but one that looks like another namespace's (name:…) only when told so.

Left out and counted: balances of plans, which grant them; and with the reason, what no
entry could declare without changing it, such as one that is used up for ever, or whose
grant was moved until its next reset.

It takes a call for each customer: 20 customers a second, of all with a balance.
${VARIABLES}

Exit codes:
  0    done, or nothing to import
  1    error; the file is as it was
  3    a key of another environment; nothing was asked
  130  stopped by ^C; the file is as it was

Examples:
  $ autumn-balances import --customer acme --namespace contracts    see what there is
  $ autumn-balances import --all-customers --namespace contracts --out balances.yaml
  $ autumn-balances import --all-customers --out balances.yaml      later: what is new
  $ autumn-balances import --all-customers --adopt-namespace old --out balances.yaml
  $ autumn-balances import balances/ --customer acme --out balances/acme.yaml`;

export const HISTORY_HELP = `
A balance that is replaced is not deleted: it ends, and Autumn keeps it with all that was
used of it. history tells what has ended, and beside it what commits did to the entries,
by customer, the oldest first:
  ended     nothing lands on it any more; its id is never free again
  used up   it was replaced with nothing left. Such a balance cannot be ended: where it
            resets, it comes back at that date, and the next apply ends it
  appeared  a commit added the entry; changed and removed likewise
contracts:bonus~2 is the first successor of contracts:bonus, and ~3 that of ~2.

Where both are known, it says what no commit explains: a balance that was granted
something else than any commit declared, or that ended although none changed its entry.

Git is read where the files are in a checkout: the commits that led to what is checked
out, a merge as one. Nothing is fetched, nothing of the repository is run. A shallow
clone tells as far as it goes. Autumn is asked once for each customer, or for 200
balances, whichever is fewer; servers without balances.list for each customer.

With --format csv, a line has one event, as RFC 4180 has it. Text that begins with
= + - @ ' gets an apostrophe before it, so that no spreadsheet takes it for a formula.
${VARIABLES}

Exit codes:
  0    done
  1    error
  3    a key of another environment; nothing was asked
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
Every balance of the customer: those that entries declare, with file, line and commit;
those of another namespace, of a plan, bought ones, and what somebody else granted; then
what is over. Of each, what was granted, what is used and left, when it resets, what the
reset changes, and what apply would do. The numbers are the order in which they are used.
It takes about 10 calls, and changes nothing.
${VARIABLES}

Exit codes:
  0    done
  1    error, such as a customer that is not there
  3    a key of another environment; nothing was asked
  130  stopped by ^C

Examples:
  $ autumn-balances explain acme                     everything that the customer has
  $ autumn-balances explain acme api_calls           of one feature
  $ autumn-balances explain acme --format markdown   for a ticket
  $ autumn-balances explain acme --format json       every detail (see: autumn-balances schema explain)
  $ autumn-balances explain acme --file teams/       with these files
  $ autumn-balances explain acme --namespace contracts    without any file`;

export const FORECAST_HELP = `
It is calendar arithmetic from the files, in UTC: it asks nobody, and knows neither what
is used nor what others granted. A cycle begins with \`next_reset_at\` where the entry says
it, and otherwise with the forecast (--from). What is there at the start counts in the
first month.

With --format ics, every start, reset and end is an event of a calendar; --format html
is a page with a chart, which needs no network.

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
Autumn changes, and servers of one's own are of any age. This tool keeps its promises by
what it knows of the server: that a key is given away once, that an ended balance takes
nothing more, and some fifty other facts. doctor tries each of them and says which holds,
what was seen where one does not, which promise is weaker then, and what to do. A fact
that could not be tried is not said to hold.

It takes a sandbox key, and refuses any other. It makes customers and features whose ids
begin with autumn-balances-doctor-, each run with a name of its own, and removes them in
the end, also after ^C and after errors. What the server does not let go is told.
It makes about 400 calls, at the pace that apply has too, in about half a minute.

With --offline it asks nobody, and looks at this machine: files, key (its kind, never
itself), variables, base URL, proxy, certificates, permissions, versions.
${VARIABLES}

Exit codes:
  0    every fact that was tried holds; no problem
  1    error, or a fact could not be tried because a call failed
  2    a fact does not hold; with --offline: there is a problem
  3    not a sandbox key; nothing was asked
  130  stopped by ^C; what was made is removed

Examples:
  $ autumn-balances doctor                          before the first apply, and after updates
  $ autumn-balances doctor --full                   with what was seen of every fact
  $ autumn-balances doctor --format json            for a nightly job (see: autumn-balances schema plan)
  $ autumn-balances doctor --offline                when something does not work
  $ autumn-balances doctor --offline teams/         with these files`;

export const COMPLETION_HELP = `
The script asks autumn-balances itself what could come next. Customers, features and
namespaces are those of the balances files in the folder, or of those named by --file.

Examples:
  $ source <(autumn-balances completion bash)               in ~/.bashrc
  $ autumn-balances completion zsh > ~/.zfunc/_autumn-balances
  $ autumn-balances completion fish > ~/.config/fish/completions/autumn-balances.fish`;

export const POLICY_HELP = `
A policy lies at the root of the repository, and every plan is judged by it: rules deny
(apply exits with 3), warn, or ask for an approval (apply --approved-by). With plan --base
the policy is that of the base, so that no change judges itself. docs/policies.md has all
of it, and autumn-balances schema policy the form of the file.

Exit codes:
  0    every case is as expected
  1    one is not, or the policy is broken

Examples:
  $ autumn-balances policy test                     the policy of this repository
  $ autumn-balances policy test draft.policy.yaml   another one`;

export const MCP_HELP = `
An agent starts it, and asks by tools: validate, plan, explain, forecast, and propose_edit,
which answers with a diff of a balances file. Nothing is written and nothing applied: what
is proposed goes through git like everything else. No answer holds a key. It ends when
stdin does.

In the settings of an agent:
  { "mcpServers": { "autumn-balances": {
      "command": "npx", "args": ["autumn-balances", "mcp", "balances/"],
      "env": { "AUTUMN_SECRET_KEY": "am_sk_test_…" } } } }

Examples:
  $ autumn-balances mcp                       the usual files
  $ autumn-balances mcp balances/ --sandbox   these files, and no live key`;

export const SHOW_HELP = `
With the AUTUMN_SECRET_KEY it was made with, it also says whether somebody altered it.

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
It runs on Linux and macOS, by the node on PATH (20 or later). Installing it again is
harmless.

Examples:
  $ autumn-balances provider install                            for whoever is logged in
  $ autumn-balances provider install --dir terraform.d/plugins  for terraform in this folder
  $ autumn-balances provider install --dir mirror --print-config > terraform.rc`;

export const PROVIDER_PACKAGE_HELP = `
The same provider makes the same bytes.

Examples:
  $ autumn-balances provider package --out release
  $ autumn-balances provider package --out mirror/registry.terraform.io/autumn-balances/autumn`;
