/** Lets the browser save a file. */
export function download(name: string, content: Blob): void {
  const href = URL.createObjectURL(content)
  Object.assign(document.createElement('a'), { href, download: name }).click()
  // The browser has taken hold of the file by then.
  setTimeout(() => URL.revokeObjectURL(href), 10_000)
}

export const csvBlob = (text: string): Blob => new Blob([text], { type: 'text/csv;charset=utf-8' })
