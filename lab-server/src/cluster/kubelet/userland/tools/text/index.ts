// The text tools that are ours, because the library's answer otherwise than BusyBox does.
import type { Tool } from '../../task.ts'
import { compareTools } from './compare-tools.ts'
import { cut } from './cut.ts'
import { diff } from './diff.ts'
import { dumpTools } from './dump-tools.ts'
import { expr } from './expr.ts'
import { gzipTools } from './gzip.ts'
import { hashTools } from './hash-tools.ts'
import { layoutTools } from './layout-tools.ts'
import { lineTools } from './line-tools.ts'
import { nameTools } from './name-tools.ts'
import { sort } from './sort.ts'
import { tr } from './tr.ts'
import { xargs } from './xargs.ts'

export const textTools: Record<string, Tool> = {
  sort,
  cut,
  tr,
  xargs,
  diff,
  expr,
  ...lineTools,
  ...layoutTools,
  ...dumpTools,
  ...compareTools,
  ...hashTools,
  ...gzipTools,
  ...nameTools,
}
