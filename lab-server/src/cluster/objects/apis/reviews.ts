// Questions to the API server about who someone is and what they may do: answered, never stored.
import { defineKind } from '../define-kind.ts'
import type { KindDefinition } from '../kind-definition.ts'

const authentication = 'authentication.k8s.io'
const authorization = 'authorization.k8s.io'

/** The kinds of reviews, in the order of discovery. */
export const reviews: KindDefinition[] = [
  review(authentication, 'SelfSubjectReview'),
  review(authentication, 'TokenReview'),
  { ...review(authorization, 'LocalSubjectAccessReview'), namespaced: true },
  review(authorization, 'SelfSubjectAccessReview'),
  review(authorization, 'SelfSubjectRulesReview'),
  review(authorization, 'SubjectAccessReview'),
]

function review(group: string, kind: string): KindDefinition {
  const plural = `${kind.toLowerCase()}s`
  return defineKind({ group, version: 'v1', kind, plural, namespaced: false, verbs: ['create'] })
}
