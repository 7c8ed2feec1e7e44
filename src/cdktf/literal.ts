// Text from data, escaped for Terraform.

/** Terraform fills in `${…}` and `%{…}`, even in JSON; what comes from a file or a list of ids is literal. */
export const literal = (text: string): string => text.replaceAll(/[$%](?=\{)/g, "$&$&");
