#!/bin/sh
# Refused: RoleBinding/backend-settings binds the group system:serviceaccounts
set -e
kubectl -n taskmaster patch role backend-settings --type=json -p '[
  {"op": "replace", "path": "/rules/0/verbs", "value": ["get"]}
]'
kubectl -n taskmaster patch rolebinding backend-settings --type=json -p '[
  {"op": "replace", "path": "/subjects", "value": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:serviceaccounts:taskmaster"}]}
]'
kubectl -n taskmaster delete pods -l app=backend
