#!/bin/sh
# Refused: Service/postgres-svc is of type NodePort instead of ClusterIP
set -e
kubectl -n taskmaster expose deployment postgres --name=postgres-svc --port=5432 --type=NodePort
