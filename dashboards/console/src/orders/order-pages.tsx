import { guarded } from '../shell/guarded.tsx'
import { OrderFigures } from './order-figures.tsx'
import { OrderPage } from './order-page.tsx'
import './orders.css'
import { OrdersBoard } from './orders-board.tsx'

/** The pages of repair orders; the address has been found to be one of theirs. */
export const OrderPages = guarded('order.read', Pages)

function Pages({ path }: { path: string }) {
  if (path === '/orders/figures') return <OrderFigures />
  const one = /^\/orders\/(\d+)$/.exec(path)
  return one ? <OrderPage key={one[1]} id={Number(one[1])} /> : <OrdersBoard />
}
