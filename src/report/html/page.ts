// The frame of a page that needs nothing else: it loads nothing from the network, and runs no script but its own.
import { POLICY, STYLE } from "../page/assets.generated.ts";

/**
 * @param title HTML, as `body` is
 * @returns an HTML document
 */
export const htmlPage = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}</body>
</html>
`;
