// Colours for code: the words of a text that is there already, line by line, get classes. The text itself stays as it was.
import hljs from 'highlight.js/lib/common'

export async function show(viewer: HTMLElement) {
  for (const code of viewer.querySelectorAll<HTMLElement>('code[class*=language-]')) paint(code)
}

function paint(code: HTMLElement) {
  const language = /language-([\w+#-]+)/.exec(code.className)?.[1]
  if (!language || !hljs.getLanguage(language)) return
  const lines = [...code.querySelectorAll<HTMLElement>(':scope > .line')]
  // It writes elements with classes around the text, and escapes the text; the document it is read into is inert.
  const painted = new DOMParser().parseFromString(`<body>${hljs.highlight(code.textContent!, { language, ignoreIllegals: true }).value}`, 'text/html').body
  if (lines.length === 0) return code.replaceChildren(...painted.childNodes)
  for (const [i, content] of cut(painted).entries()) lines[i]?.replaceChildren(content)
}

/** Cuts at the ends of lines: what is open there is closed, and opened again on the next. */
function cut(painted: HTMLElement): DocumentFragment[] {
  const lines: DocumentFragment[] = [new DocumentFragment()]
  let open: Node[] = []
  const walk = (node: Node) => {
    if (node instanceof Text) {
      for (const [i, words] of node.data.split('\n').entries()) {
        if (i > 0) turn()
        if (words) into().append(words)
      }
      return
    }
    const element = node.cloneNode(false)
    into().append(element)
    open.push(element)
    for (const child of node.childNodes) walk(child)
    open.pop()
  }
  const into = () => (open.at(-1) ?? lines.at(-1)!) as ParentNode
  const turn = () => {
    into().append('\n')
    let within: Node = new DocumentFragment()
    lines.push(within as DocumentFragment)
    open = open.map(element => within = within.appendChild(element.cloneNode(false)))
  }
  for (const node of painted.childNodes) walk(node)
  return lines
}
