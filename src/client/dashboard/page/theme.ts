/** Before anything is painted: the theme that was chosen here, else what the reader's machine says. */
const chosen = localStorage.getItem('phasegate-theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
