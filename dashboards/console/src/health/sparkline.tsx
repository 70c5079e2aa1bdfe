const WIDTH = 90
const HEIGHT = 18

interface SparklineProps {
  /** Oldest first. */
  values: readonly number[]
  /** Of what they say, for those who do not see them. */
  words: string
}

/** The course of a value without axes; a flat one lies in the middle. */
export function Sparkline({ values, words }: SparklineProps) {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || 1
  const middle = most === least ? HEIGHT / 2 : HEIGHT - 1
  const points = values.map((value, i) => {
    const x = values.length > 1 ? (i * WIDTH) / (values.length - 1) : WIDTH
    return `${x.toFixed(1)},${(middle - ((value - least) / span) * (HEIGHT - 2)).toFixed(1)}`
  })
  return (
    <svg class="sparkline" role="img" aria-label={words} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT}>
      <title>{words}</title>
      <polyline points={points.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
