// Tools of the database's image for shells and `kubectl exec`; the runtime loads this module by its path.
import type { ToolContext } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'
import { pgIsready } from './pg-isready.ts'
import { psql } from './psql.ts'

const tools: Record<string, (context: ToolContext) => Promise<number>> = {
  pg_isready: pgIsready,
  psql,
}

export default tools
