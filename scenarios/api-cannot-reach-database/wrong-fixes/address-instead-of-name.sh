#!/bin/sh
# Refused: not a Service's name
set -e
address=$(kubectl -n taskmaster get service postgres-svc -o jsonpath='{.spec.clusterIP}')
kubectl -n taskmaster patch secret backend-secret --type=merge -p "{\"stringData\":{\"DB_HOST\":\"$address\"}}"
kubectl -n taskmaster rollout restart deployment backend
