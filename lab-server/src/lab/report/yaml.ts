import { stringify } from 'yaml'
import type { KubeObject } from '../kubernetes/objects.ts'

/** An object as kubectl prints it: `apiVersion`, `kind` and `metadata` first. */
export function toYaml(object: KubeObject): string {
  const { apiVersion, kind, metadata, ...rest } = object
  return stringify({ apiVersion, kind, metadata, ...rest }, { lineWidth: 0, indentSeq: false })
}
