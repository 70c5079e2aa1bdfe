/** The column titles of a table. */
export function TableHead({ titles }: { titles: readonly string[] }) {
  return (
    <thead>
      <tr>
        {titles.map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
      </tr>
    </thead>
  )
}

interface SortedHeadProps<Order extends string> {
  columns: readonly { title: string; by: Order | null }[]
  /** What the rows are in the order of, with a minus when descending; null: as they come. */
  sort: string | null
  onSort: (sort: string | null) => void
}

/** Column titles by which the rows can be put in order: up, down, and as they come again. */
export function SortedHead<Order extends string>({ columns, sort, onSort }: SortedHeadProps<Order>) {
  return (
    <thead>
      <tr>
        {columns.map(({ title, by }) => {
          if (by === null) {
            return (
              <th key={title} scope="col">
                {title}
              </th>
            )
          }
          const direction = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : 'none'
          const next = direction === 'none' ? by : direction === 'ascending' ? `-${by}` : null
          return (
            <th key={title} scope="col" aria-sort={direction}>
              <button type="button" class="sort" onClick={() => onSort(next)}>
                {title} <span aria-hidden="true">{{ ascending: '▲', descending: '▼', none: '↕' }[direction]}</span>
              </button>
            </th>
          )
        })}
      </tr>
    </thead>
  )
}
