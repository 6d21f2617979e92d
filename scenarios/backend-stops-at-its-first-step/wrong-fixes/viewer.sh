#!/bin/sh
# Refused: backend may list pods
set -e
kubectl -n taskmaster create rolebinding backend-view --clusterrole=view --serviceaccount=taskmaster:backend
kubectl -n taskmaster delete pods -l app=backend
