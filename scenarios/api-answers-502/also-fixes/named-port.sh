#!/bin/sh
# Accepted: the container port gets a name, and the Service uses it.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "add", "path": "/spec/template/spec/containers/0/ports/0/name", "value": "http"}]'
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": "http"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
