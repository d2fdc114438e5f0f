namespace GpuMm.Lab.Report;

/// <summary>The style and the script of a page.</summary>
internal static class PageStyle
{
    /// <summary>The style, without the looks of lines.</summary>
    public const string Sheet = """
        :root { color-scheme: light dark; --ink: light-dark(#1b1f24,#e6e8eb); --dim: light-dark(#59636e,#9aa4af); --ground: light-dark(#fff,#15181c);
          --card: light-dark(#f6f7f9,#1d2127); --rule: light-dark(#dfe3e8,#31373f); --mark: light-dark(#0072B2,#4DA8E0); }
        * { box-sizing: border-box; }
        body { font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--ground); margin: 0 auto; max-width: 76rem; padding: 2.5rem 1.25rem 4rem; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.6rem 0 .6rem; }
        p { margin: .35rem 0; max-width: 60rem; } .dim { color: var(--dim); } code { font-size: .92em; }
        .key-sentence { font-size: 1.15rem; border-left: 4px solid var(--mark); padding: .15rem 0 .15rem .9rem; margin: 1.4rem 0 .8rem; }
        .charts { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); }
        figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .9rem 1rem .6rem; min-width: 0; }
        figure.lead { grid-column: 1 / -1; } figcaption { font-weight: 600; margin-bottom: .2rem; }
        figure > svg { width: 100%; height: auto; display: block; overflow: visible; }
        .grid path { stroke: var(--rule); } .grid text { fill: var(--dim); font-size: 12px; font-variant-numeric: tabular-nums; } text.axis { fill: var(--dim); font-size: 12px; }
        .line > path { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; } .dot path { fill: var(--c); stroke: var(--card); stroke-width: 1; }
        .belady, .bound { --c: var(--dim); } .belady > path { stroke-dasharray: 6 3; } .bound > path { stroke-dasharray: 2 3; }
        .hit { fill: transparent; } .dot:hover path { stroke: var(--ink); } .front { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }
        .legend { display: flex; flex-wrap: wrap; gap: .3rem .4rem; padding: 0; margin: .8rem 0; list-style: none; position: sticky; top: 0; background: var(--ground); z-index: 1; }
        .legend button { font: inherit; font-size: .9rem; color: inherit; background: none; border: 1px solid var(--rule); border-radius: 999px; padding: .1rem .6rem .1rem .4rem; cursor: pointer; display: flex; align-items: center; gap: .35rem; }
        .legend button[aria-pressed=false] { opacity: .4; } .key { width: 34px; height: 14px; } .off { display: none; }
        .wide { overflow-x: auto; border: 1px solid var(--rule); border-radius: 10px; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
        th, td { padding: .32rem .75rem; text-align: right; white-space: nowrap; } td { border-top: 1px solid var(--rule); }
        th { color: var(--dim); font-weight: 600; background: var(--card); } th:first-child, td:first-child, .text { text-align: left; } tbody tr:hover { background: var(--card); }
        th button { all: unset; cursor: pointer; } button:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
        th[aria-sort=ascending] button::after { content: " ↑"; } th[aria-sort=descending] button::after { content: " ↓"; }
        @media print { .legend { position: static; } figure, tr { break-inside: avoid; } }
        """;

    /// <summary>Tables that sort; a legend that hides lines.</summary>
    public const string Script = """
        for (const head of document.querySelectorAll('th button')) head.addEventListener('click', () => {
          const th = head.closest('th'), body = th.closest('table').tBodies[0], at = th.cellIndex;
          const up = th.getAttribute('aria-sort') !== 'ascending';
          for (const other of th.parentNode.cells) other.removeAttribute('aria-sort');
          th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
          const key = row => row.cells[at].dataset.v ?? row.cells[at].textContent;
          [...body.rows].sort((a, b) => { const x = key(a), y = key(b), d = x - y; return (up ? 1 : -1) * (isNaN(d) ? x.localeCompare(y) : d); }).forEach(r => body.append(r));
        });
        for (const key of document.querySelectorAll('.legend button')) key.addEventListener('click', () => {
          const on = key.getAttribute('aria-pressed') === 'false';
          key.setAttribute('aria-pressed', on);
          for (const line of document.querySelectorAll('g.line[data-name]')) if (line.dataset.name === key.dataset.name) line.classList.toggle('off', !on);
        });
        """;
}
