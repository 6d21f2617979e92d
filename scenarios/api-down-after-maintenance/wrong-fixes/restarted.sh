#!/bin/sh
# Refused: status.availableReplicas is not set
set -e
kubectl -n taskmaster rollout restart deployment backend postgres
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
