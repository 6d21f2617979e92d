#!/bin/sh
# The right path, with the timing from before.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/livenessProbe", "value":
    {"httpGet": {"path": "/api/health", "port": 5000}, "initialDelaySeconds": 10, "periodSeconds": 10, "failureThreshold": 3}}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
