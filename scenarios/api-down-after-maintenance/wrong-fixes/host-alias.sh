#!/bin/sh
# Refused: Deployment/backend has host aliases
set -e
address=$(kubectl -n taskmaster get service postgres-svc -o jsonpath='{.spec.clusterIP}')
kubectl -n taskmaster patch deployment backend -p "{\"spec\": {\"template\": {\"spec\": {\"hostAliases\": [{\"ip\": \"$address\", \"hostnames\": [\"postgres-svc\"]}]}}}}"
