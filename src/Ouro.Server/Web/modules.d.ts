// Modules that the bundler makes, or that bring no types.

declare module 'pdf-parts' {
  /** The address of each part by its name, e.g. <c>UniGB-UCS2-H.bcmap</c>. */
  const parts: Record<string, string>
  export default parts
}

declare module 'pdfjs-dist/build/pdf.worker.min.mjs'
