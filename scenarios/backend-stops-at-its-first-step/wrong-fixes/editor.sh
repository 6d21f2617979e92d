#!/bin/sh
# Refused: RoleBinding/backend-edit gives edit
set -e
kubectl -n taskmaster create rolebinding backend-edit --clusterrole=edit --serviceaccount=taskmaster:backend
kubectl -n taskmaster delete pods -l app=backend
