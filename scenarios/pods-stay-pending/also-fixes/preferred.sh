#!/bin/sh
# Accepted: the wish stays, as a wish.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/nodeSelector"},
  {"op": "add", "path": "/spec/template/spec/affinity", "value": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
    {"weight": 50, "preference": {"matchExpressions": [{"key": "disktype", "operator": "In", "values": ["ssd"]}]}}
  ]}}}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
