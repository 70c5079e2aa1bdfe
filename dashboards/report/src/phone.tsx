/** The number that citizens may call, as the server filled it into the page; empty when it has none. */
export const phone = (): string => document.getElementById('report')?.dataset.phone ?? ''

export function PhoneLink() {
  return (
    <a class="phone" href={`tel:${phone().replace(/[^+\d]/g, '')}`}>
      {phone()}
    </a>
  )
}
