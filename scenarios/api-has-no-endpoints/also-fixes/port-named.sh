#!/bin/sh
# Accepted: both ends of the name.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "add", "path": "/spec/template/spec/containers/0/ports/0/name", "value": "{{name}}"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
