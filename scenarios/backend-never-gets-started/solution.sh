#!/bin/sh
# The right question, and a minute to answer it.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/startupProbe", "value":
  {"httpGet": {"path": "/api/health", "port": 5000}, "periodSeconds": 2, "failureThreshold": 30}}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
