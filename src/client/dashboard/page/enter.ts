const form = document.querySelector<HTMLFormElement>('#form');
const token = document.querySelector<HTMLInputElement>('#token');
const problem = document.querySelector('#problem');

/** The token goes out as a header, so that it stands in no address, history or log. */
async function enter(): Promise<void> {
  if (!token || !problem) return;
  try {
    const answer = await fetch('/enter', { headers: { authorization: `Bearer ${token.value}` } });
    if (answer.ok) return location.reload();
    problem.textContent = answer.status === 401 ? 'This is not the token.' : `The server says: ${answer.status}`;
  } catch {
    problem.textContent = 'The server does not answer.';
  }
  token.select();
}

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void enter();
});
token?.focus();
