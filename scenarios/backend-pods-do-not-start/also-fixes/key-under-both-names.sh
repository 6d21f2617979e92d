#!/bin/sh
# Accepted: the Secret gets the key that the Deployment asks for; the value stays in the Secret.
set -e
value=$(kubectl -n taskmaster get secret database-secret -o jsonpath='{.data.POSTGRES_PASSWORD}')
kubectl -n taskmaster patch secret database-secret --type=merge -p "{\"data\":{\"POSTGRES_PASS\":\"$value\"}}"
kubectl -n taskmaster rollout status deployment backend --timeout=120s
