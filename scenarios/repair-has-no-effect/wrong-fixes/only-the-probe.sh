#!/bin/sh
# Refused: spec.paused is true
# Earns: 25
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/api/health"}
]'
