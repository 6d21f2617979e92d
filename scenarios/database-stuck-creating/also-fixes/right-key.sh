#!/bin/sh
# Accepted: the key that exists.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[{"op": "replace", "path": "/spec/template/spec/volumes/1/configMap/items/0/key", "value": "init.sql"}]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
