/** Where the board is; the cookie of a session is sent nowhere else. */
export const BOARD_PATH = '/admin/queues';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in HTML, attributes in quotes included. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** The form that asks for a key; `fault` says what was wrong with the last one. */
export function signInPage(fault?: string): string {
  return page(
    'Sign in',
    `${fault === undefined ? '' : `<p role="alert">${escapeHtml(fault)}</p>`}
    <form method="post" action="${BOARD_PATH}/sign-in">
      <label for="key">Admin key</label>
      <input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
      <button>Sign in</button>
    </form>`,
  );
}

/** A form, so that no link of another page can sign anybody out. */
export function signOutPage(): string {
  return page('Sign out', `<form method="post" action="${BOARD_PATH}/sign-out"><button>Sign out</button></form>`);
}

/** Why there is nothing else to see. */
export function failurePage(title: string, detail: string): string {
  return page(title, `<p role="alert">${escapeHtml(detail)}</p><p><a href="${BOARD_PATH}/">Try again</a></p>`);
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <link rel="icon" href="data:,">
  <title>${escapeHtml(title)} – queues of the ERP sync hub</title>
  <style>
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 20vh auto 0; padding: 0 1rem; color: #1f2937; background: #f9fafb }
    input, button { font: inherit; box-sizing: border-box; width: 100%; padding: .5rem; margin: .25rem 0 1rem }
    [role=alert] { color: #991b1b }
  </style>
</head>
<body>
  <h1>${escapeHtml(title)}</h1>
  ${content}
</body>
</html>
`;
}
