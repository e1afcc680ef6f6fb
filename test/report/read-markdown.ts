/** Markdown as GitHub reads it: rendered with micromark, and what is in it taken apart. */
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** What a reader gets to see. */
export interface RenderedMarkdown {
  html: string;
  /** Opening tags with their attributes, each once. */
  tags: string[];
  /** Text outside of code. */
  prose: string;
  /** What stands in code spans and blocks. */
  code: string[];
  /** The sources of the Mermaid diagrams. */
  diagrams: string[];
}

const CODE = /<code([^>]*)>([\s\S]*?)<\/code>/g;

/** Renders Markdown with GitHub's extensions, HTML in it as it is. */
export function readMarkdown(markdown: string): RenderedMarkdown {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const code = [...html.matchAll(CODE)].map(([, attributes = '', content = '']) => ({
    attributes,
    content: decode(content),
  }));
  return {
    html,
    tags: [...new Set(html.match(/<(?!\/)[^>]*>/g) ?? [])].sort(),
    prose: decode(html.replace(CODE, '').replace(/<[^>]*>/g, ' ')),
    code: code.map(({ content }) => content),
    diagrams: code.filter(({ attributes }) => attributes.includes('language-mermaid')).map(({ content }) => content),
  };
}

function decode(html: string): string {
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** All that our Markdown is made of: whatever else appears came in from outside. */
export const OWN_TAGS: readonly string[] = [
  '<br />',
  '<code>',
  '<code class="language-mermaid">',
  '<code class="language-sh">',
  '<code class="language-text">',
  '<details>',
  '<h2>',
  '<h3>',
  '<li>',
  '<p>',
  '<pre>',
  '<strong>',
  '<summary>',
  '<table>',
  '<tbody>',
  '<td>',
  '<td align="right">',
  '<th>',
  '<th align="right">',
  '<thead>',
  '<tr>',
  '<ul>',
];
