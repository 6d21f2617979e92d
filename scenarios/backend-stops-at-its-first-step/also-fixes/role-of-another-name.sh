#!/bin/sh
# Accepted: the same right from objects of other names.
set -e
kubectl -n taskmaster create role settings-of-the-backend --verb=get --resource=configmaps --resource-name=backend-config
kubectl -n taskmaster create rolebinding settings-of-the-backend --role=settings-of-the-backend --serviceaccount=taskmaster:backend
kubectl -n taskmaster delete pods -l app=backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
