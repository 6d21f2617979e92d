#!/bin/sh
# Refused: 2 desired, 1 updated
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/strategy/rollingUpdate", "value": {"maxUnavailable": "25%", "maxSurge": "25%"}},
  {"op": "add", "path": "/spec/template/spec/nodeSelector", "value": {"stage": "trial"}}
]'
