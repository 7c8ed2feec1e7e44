// Text from data, as Terraform has to be given it.

/** Terraform fills in `${…}` and `%{…}`, even in JSON; what comes from a file or a list of ids means itself. */
export const literal = (text: string): string => text.replaceAll(/[$%](?=\{)/g, "$&$&");
