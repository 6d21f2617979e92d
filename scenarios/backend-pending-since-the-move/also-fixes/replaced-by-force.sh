#!/bin/sh
# Accepted: the claim taken out of the cluster, corrected and put back.
set -e
kubectl -n taskmaster get persistentvolumeclaim attachments -o yaml | sed 's/{{class}}/local-path/' > claim.yaml
kubectl -n taskmaster replace --force -f claim.yaml
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
