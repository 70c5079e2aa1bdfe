/** How broad a road is drawn, the broadest first. */
export const roadWidths = ['main', 'secondary', 'branch'] as const
export type RoadWidth = (typeof roadWidths)[number]

/** Names of the kind of a road as OpenStreetMap, and the classes of this program, have them. */
const widths: Readonly<Record<string, RoadWidth>> = {
  motorway: 'main',
  trunk: 'main',
  primary: 'main',
  main: 'main',
  secondary: 'secondary',
  tertiary: 'secondary',
}

/** By what a map calls the kind of the road; `branch` for all it does not know. */
export const widthOf = (kind: string): RoadWidth => widths[kind.toLowerCase().replace(/_link$/, '')] ?? 'branch'
