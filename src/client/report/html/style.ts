/** The page's looks: light and dark as the reader's machine says, A4 on paper, nothing loaded from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fff; --surface: #f3f5f8; --rule: #d9dee5; --text: #1a212b; --dim: #566070;
  --good: #18794e; --warn: #9a5b00; --bad: #c02626; --info: #1f5fbf; --person: #7440b3; --blind: #e0a10055; --undo: #8a5a44;
  --good-soft: #e4f4ec; --warn-soft: #fdf0d8; --bad-soft: #fbe5e5; --info-soft: #e5eefb; --dim-soft: #eceff3;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --surface: #1c222b; --rule: #343d4a; --text: #e6eaf0; --dim: #9aa5b4;
    --good: #4cc38a; --warn: #f0b04f; --bad: #ff7b72; --info: #6cabff; --person: #c297ff; --blind: #e0a10045; --undo: #d19a7f;
    --good-soft: #12301f; --warn-soft: #38290e; --bad-soft: #3d1a1a; --info-soft: #16294a; --dim-soft: #242b35;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .5rem; }
h4 { font-size: .92rem; margin: 1rem 0 .25rem; }
p { margin: .4rem 0; max-width: 60rem; }
a { color: var(--info); }
code { font: .86em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.sub, .dim, caption { color: var(--dim); }
.sub { margin-bottom: 1.25rem; }
.outcome { border: 1px solid var(--rule); border-left: 6px solid currentColor; border-radius: 6px; padding: .9rem 1.1rem; margin: 1rem 0; }
.outcome > strong { display: block; font-size: 1.4rem; line-height: 1.25; }
.outcome p { color: var(--text); margin-bottom: 0; }
.outcome.good, .outcome.good code { background: var(--good-soft); }
.outcome.bad { background: var(--bad-soft); }
.outcome.warn { background: var(--warn-soft); }
.outcome.info { background: var(--info-soft); }
.notes { margin: 0; padding: 0; list-style: none; }
.notes li { background: var(--warn-soft); border-radius: 4px; padding: .35rem .7rem; margin: .35rem 0; }
.notes strong { color: var(--warn); }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .info { color: var(--info); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1rem 0; padding: 0; }
.figures div { background: var(--surface); border-radius: 6px; padding: .55rem .8rem; }
.figures dt { color: var(--dim); font-size: .8rem; }
.figures dd { margin: 0; font-size: 1.15rem; font-weight: 600; line-height: 1.3; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; font-size: .87rem; line-height: 1.4; }
caption { text-align: left; font-size: .85rem; padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .32rem .6rem .32rem 0; border-bottom: 1px solid var(--rule); min-width: 3.5rem; }
thead th { color: var(--dim); font-weight: 600; border-bottom: 2px solid var(--rule); white-space: nowrap; }
tbody th { font-weight: 500; }
td time { white-space: nowrap; }
.tag { display: inline-block; border-radius: 4px; padding: 0 .45em; font-weight: 600; white-space: nowrap; background: var(--dim-soft); color: var(--dim); }
.tag.good { background: var(--good-soft); color: var(--good); } .tag.bad { background: var(--bad-soft); color: var(--bad); }
.tag.warn { background: var(--warn-soft); color: var(--warn); } .tag.info { background: var(--info-soft); color: var(--info); }
.tag.waived { outline: 1px dashed var(--warn); outline-offset: -1px; }
.earlier { color: var(--dim); font-size: .95em; margin: .15rem 0 0; }
figure { margin: .5rem 0 1rem; }
figcaption { color: var(--dim); font-size: .8rem; line-height: 1.35; }
.plot svg { display: block; width: 100%; height: auto; }
.timeline { overflow-x: auto; }
.timeline .plot { min-width: 44rem; }
.key { display: inline-flex; align-items: center; gap: .35em; margin-right: 1.1em; white-space: nowrap; }
.key i { width: .9em; height: .9em; border-radius: 2px; } .key svg { width: .9em; height: .9em; }
.windows { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: .4rem 1.25rem; }
.windows figure { margin: 0 0 .5rem; min-width: 0; }
.windows h5 { font-size: .87rem; margin: 0; font-weight: 600; }
.windows h5 span { font-weight: 400; color: var(--dim); }
.unread { border: 1px dashed var(--warn); border-radius: 6px; padding: .5rem .8rem; background: var(--warn-soft); }
@media screen and (max-width: 48rem) { table { min-width: 46rem; } body { padding: 1.25rem 1rem 3rem; } }
nav ul { columns: 3 14rem; padding-left: 1.1rem; margin: .3rem 0; font-size: .9rem; }
nav li { break-inside: avoid; }
footer { margin-top: 3rem; color: var(--dim); font-size: .8rem; border-top: 1px solid var(--rule); padding-top: .75rem; }
@page { size: A4; margin: 14mm 13mm; }
@media print {
  :root {
    --surface: #fff; --good-soft: #fff; --warn-soft: #fff; --bad-soft: #fff; --info-soft: #fff; --dim-soft: #fff;
    --rule: #c9ced6; --blind: #e0a10066;
  }
  * { print-color-adjust: exact; }
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  nav { display: none; }
  h2, h3, h4, caption, thead { break-after: avoid; }
  h2 { margin-top: 1.4rem; }
  h2 + p, h4 + p { break-after: avoid; }
  tr, p, figure, .outcome, .figures div, .notes li, .unread { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll, .timeline { overflow: visible; }
  .timeline .plot { min-width: 0; }
  .windows { display: block; }
  .windows figure { display: inline-block; width: 48.5%; margin-right: 1%; vertical-align: top; }
  .tag, .figures div, .unread { border: 1px solid var(--rule); }
  .tag { background: none; padding: 0 .35em; }
  a { color: inherit; }
  td, th { overflow-wrap: anywhere; }
  td time { white-space: normal; }
  table { font-size: 8.4pt; }
}
`;
