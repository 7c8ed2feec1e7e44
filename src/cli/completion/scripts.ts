// The scripts that shells load. Each asks the program itself what could come next, so that none has a list of its own.

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The line by which the program asks for the shell's own completion of files. */
export const FILES_LINE = ":files";

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of autumn-balances
_autumn_balances() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line file
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ "$line" == "${FILES_LINE}" ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
    elif [[ -n "$line" ]]; then
      COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
    fi
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _autumn_balances autumn-balances
`,
  zsh: `#compdef autumn-balances
_autumn_balances() {
  local line
  local -a values
  for line in "\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ "$line" == "${FILES_LINE}" ]]; then
      _files
    elif [[ -n "$line" ]]; then
      values+=("\${line%%$'\\t'*}")
    fi
  done
  (( \${#values} )) && compadd -a values
}
compdef _autumn_balances autumn-balances
`,
  fish: `# fish completion of autumn-balances
function __autumn_balances_complete
  set -l typed (commandline -opc) (commandline -ct)
  for line in (autumn-balances __complete -- $typed[2..-1] 2>/dev/null)
    if test "$line" = "${FILES_LINE}"
      __fish_complete_path (commandline -ct)
    else
      printf '%s\\n' $line
    end
  end
end
complete -c autumn-balances -f -a '(__autumn_balances_complete)'
`,
};
