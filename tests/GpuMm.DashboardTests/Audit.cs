namespace GpuMm.DashboardTests;

/// <summary>Looks at a page in the browser as people with other eyes, hands and screens do, and tells what is wrong.</summary>
internal static class Audit
{
    /// <summary>A function of the page that returns one sentence for each fault.</summary>
    /// <remarks>
    /// Text against what is behind it: WCAG 2.2, 1.4.3 (4.5 to 1, or 3 to 1 when large). Names of what can be used: 4.1.2. Nothing is
    /// cut off at the side, however narrow: 1.4.10. Tables scroll in boxes of their own, which the keyboard reaches: 2.1.1. The pages are
    /// opened for somebody who wants no motion, so whatever has one, or would when it changes, is a fault: 2.3.3.
    /// </remarks>
    public const string Script = """
        () => {
          const faults = [];
          const channel = c => { c /= 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
          const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
          const parse = text => { const n = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
          const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
          const behind = element => {
            if (!element) return [255, 255, 255];
            const own = parse(getComputedStyle(element).backgroundColor);
            return own[3] >= 1 ? own : over(own, behind(element.parentElement));
          };
          const opacity = element => element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
          const seen = element => { const box = element.getBoundingClientRect(), style = getComputedStyle(element); return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && box.right > 0; };
          const short = element => `<${element.tagName.toLowerCase()}> "${(element.textContent || element.value || '').trim().slice(0, 40)}"`;
          const told = new Set();
          const say = text => { if (!told.has(text)) { told.add(text); faults.push(text); } };
          for (const element of document.querySelectorAll('body *')) {
            if (!seen(element) || ['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || element.closest('[disabled]')) continue;
            const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.nodeValue.trim().length > 0) || (element.tagName === 'INPUT' && element.value && !['checkbox', 'range'].includes(element.type)) || element.tagName === 'SELECT';
            if (!hasText) continue;
            const style = getComputedStyle(element), ground = behind(element), isSvg = element instanceof SVGElement;
            const ink = parse(isSvg ? style.fill : style.color);
            ink[3] *= opacity(element);
            const a = light(over(ink, ground)), b = light(ground), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            if (ratio < (isLarge ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)} of ${short(element)} on ${element.closest('[id]')?.id}`);
          }
          for (const element of document.querySelectorAll('a[href], button, input, select, canvas, [tabindex="0"]')) {
            if (!seen(element)) continue;
            const by = element.getAttribute('aria-labelledby');
            const name = element.getAttribute('aria-label') || (by && document.getElementById(by)?.textContent) || [...(element.labels ?? [])].map(l => l.textContent).join('') || element.textContent.trim() || element.title;
            if (!name?.trim()) say(`no name: ${element.outerHTML.slice(0, 80)}`);
          }
          for (const head of document.querySelectorAll('th')) if (!head.textContent.trim()) say(`a heading of a table says nothing: ${head.closest('table').outerHTML.slice(0, 60)}`);
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth > width) say(`the page is ${document.documentElement.scrollWidth} px wide in ${width}`);
          for (const element of document.querySelectorAll('main *, header *')) {
            if (!seen(element) || element.closest('.scroll, .unseen') || (!element.textContent.trim() && !element.matches('input, canvas, svg'))) continue;
            const box = element.getBoundingClientRect();
            if (box.right > width + 1 || box.left < -1) say(`cut off at the side: ${short(element)} ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
          }
          const bar = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0, main = document.getElementById('main').firstElementChild;
          if (scrollY === 0 && main && main.getBoundingClientRect().top < bar - 1) say('the page begins below the bar');
          for (const box of document.querySelectorAll('.scroll')) if (box.scrollWidth > box.clientWidth + 1 && box.tabIndex !== 0) say(`the keyboard cannot scroll ${short(box)}`);
          const ids = [...document.querySelectorAll('[id]:not(svg *)')].map(e => e.id), twice = ids.find((id, i) => ids.indexOf(id) !== i);
          if (twice) say(`two elements have the id ${twice}`);
          for (const each of document.getAnimations()) say(`moves: ${short(each.effect.target)}`);
          for (const element of document.querySelectorAll('body *:not(td):not(tr):not(option):not(svg *)')) {
            const style = getComputedStyle(element);
            if (/[1-9]/.test(style.transitionDuration) || style.animationName !== 'none') say(`would move when it changes: ${short(element)}`);
          }
          for (const cell of document.querySelectorAll('table.dense tr > :first-child')) {
            if (getComputedStyle(cell).position !== 'sticky') continue;
            cell.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
            const box = cell.getBoundingClientRect(), top = document.elementFromPoint(box.right - 3, (box.top + box.bottom) / 2);
            if (top && !cell.contains(top) && !top.contains(cell)) say(`is covered: ${short(cell)} by ${short(top)}`);
          }
          scrollTo(0, 0);
          return faults;
        }
        """;
}
