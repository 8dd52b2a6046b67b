interface Under {
  x: number[]
  labels: string[]
  series: { name: string; y: (number | null)[]; text: string[] }[]
}

/** Shows what is under the pointer of each chart; places are in percent of the plot. */
export function charts(within: ParentNode) {
  for (const chart of within.querySelectorAll<HTMLElement>('.chart[data-chart]')) {
    const plot = chart.querySelector<HTMLElement>('.plot')!
    const under: Under = JSON.parse(chart.dataset.chart!)
    const box = document.createElement('div')
    box.className = 'under'
    box.setAttribute('aria-hidden', 'true')
    plot.append(box)
    // The words of bars without script would stand beside ours.
    for (const title of plot.querySelectorAll('rect > title')) title.remove()
    plot.addEventListener('pointermove', event => show(plot, box, under, event))
    plot.addEventListener('pointerleave', () => box.replaceChildren())
  }
}

function show(plot: HTMLElement, box: HTMLElement, under: Under, event: PointerEvent) {
  const { left, top, width, height } = plot.getBoundingClientRect()
  const [x, y] = [(100 * (event.clientX - left)) / width, (100 * (event.clientY - top)) / height]
  let at = 0
  let nearest = Infinity
  for (const [i, place] of under.x.entries()) {
    // The nearest along the bottom; of several there, the nearest in height.
    const heights = under.series.map(s => s.y[i]).filter(h => h !== null && h !== undefined)
    const distance = Math.abs(place - x) * width + Math.min(100, ...heights.map(h => Math.abs(h - y))) * 0.01 * height
    if (distance < nearest) [nearest, at] = [distance, i]
  }
  const cross = piece('cross', under.x[at]!)
  const told = piece('told', under.x[at]!)
  told.append(words('b', under.labels[at]!))
  const dots = under.series.flatMap((series, i) => {
    const line = words('span', '')
    line.append(Object.assign(document.createElement('i'), { className: `swatch c${i}` }), series.name, words('em', series.text[at]!))
    told.append(line)
    const height = series.y[at]
    if (height === null || height === undefined) return []
    const dot = piece(`dot c${i}`, under.x[at]!)
    dot.style.top = `${height}%`
    return [dot]
  })
  box.replaceChildren(cross, ...dots, told)
  // Beside the line, where there is room for it; and never outside of the plot.
  const beside = (under.x[at]! * width) / 100
  const room = told.offsetWidth
  const start = under.x[at]! > 50 ? beside - room - 12 : beside + 12
  told.style.left = `${Math.max(0, Math.min(start, width - room))}px`
}

function piece(name: string, at: number) {
  const element = document.createElement('div')
  element.className = name
  element.style.left = `${at}%`
  return element
}

function words(tag: string, text: string) {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}
