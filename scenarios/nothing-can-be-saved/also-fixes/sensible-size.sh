#!/bin/sh
# Accepted: a limit with room for a task.
set -e
kubectl -n taskmaster annotate --overwrite ingress taskmaster-ingress nginx.ingress.kubernetes.io/proxy-body-size=1m
kubectl -n taskmaster patch deployment postgres --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/args"}]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
