// Carries a test's verdict to the report.
import type { Verdict } from '../transcript/verdict.ts'

declare module 'vitest' {
  interface TaskMeta {
    verdict?: Verdict
  }
}
