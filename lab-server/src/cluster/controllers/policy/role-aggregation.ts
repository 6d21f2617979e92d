import { isDeepStrictEqual } from 'node:util'
import { matchesLabelSelector } from '../../objects/selectors.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'

/** Copies the rules of the ClusterRoles that an aggregated ClusterRole selects into it. */
export const roleAggregationController = defineController({
  kind: 'ClusterRole',
  watches: [
    mapKind('ClusterRole', (_, { client }) =>
      client
        .list('ClusterRole')
        .filter(({ aggregationRule }) => aggregationRule)
        .map(keyOf),
    ),
  ],
  async reconcile(role, { client }) {
    const selectors = role.aggregationRule?.clusterRoleSelectors
    if (!selectors) return undefined
    const sources = client
      .list('ClusterRole')
      .filter(({ metadata }) => metadata.name !== role.metadata.name)
      .filter(({ metadata }) => selectors.some((selector) => matchesLabelSelector(selector, metadata.labels)))
      .sort((a, b) => (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''))
    const rules = sources
      .flatMap((source) => source.rules ?? [])
      .filter((rule, index, all) => all.findIndex((other) => isDeepStrictEqual(other, rule)) === index)
    if (!isDeepStrictEqual(role.rules ?? [], rules)) await client.patch('ClusterRole', keyOf(role), { rules })
    return undefined
  },
})
