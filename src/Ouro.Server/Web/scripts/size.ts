/** Bytes as people read them, as the server tells them too. */
export function size(bytes: number) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000
  return `${Number(bytes.toFixed(1))} ${units[unit]}`
}
